//go:build linux

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"strconv"
)

// poster posts over one connection, by hand: a full client would cost more than the server under measurement.
type poster struct {
	conn net.Conn
	in   *bufio.Reader
	head string // up to the length of the body
}

// newPoster connects, signed in by the cookie where there is one.
func newPoster(address, path, cookie string) (*poster, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	if cookie != "" {
		cookie = "Cookie: " + cookie + "\r\n"
	}
	head := "POST " + path + " HTTP/1.1\r\nHost: " + address + "\r\nContent-Type: application/json\r\n" + cookie + "Content-Length: "
	return &poster{conn, bufio.NewReader(conn), head}, nil
}

func (p *poster) post(body string) error {
	if _, err := fmt.Fprintf(p.conn, "%s%d\r\n\r\n%s", p.head, len(body), body); err != nil {
		return err
	}
	status, err := readAnswer(p.in)
	if err == nil && status != "201" {
		err = fmt.Errorf("a POST was answered %s", status)
	}
	return err
}

func (p *poster) close() { _ = p.conn.Close() }

var lengthHeader = []byte("Content-Length: ")

func readAnswer(in *bufio.Reader) (status string, err error) {
	length := 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return "", err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case bytes.HasPrefix(line, []byte("HTTP/1.1 ")):
			status = string(line[9:12])
		case len(line) > len(lengthHeader) && bytes.EqualFold(line[:len(lengthHeader)], lengthHeader):
			if length, err = strconv.Atoi(string(line[len(lengthHeader):])); err != nil {
				return "", err
			}
		case len(line) == 0:
			_, err := in.Discard(length)
			return status, err
		}
	}
}
