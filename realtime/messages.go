package realtime

import "galley/errs"

// The messages that the server sends beside events; their form is REALTIME.md's.
type (
	helloMessage struct {
		Type       string `json:"type"`
		Epoch      string `json:"epoch"`
		HeartbeatS int    `json:"heartbeat_s"`
		Connection string `json:"connection"`
	}
	subscribedMessage struct {
		Type   string               `json:"type"`
		ID     int64                `json:"id"`
		Topics map[string]recovered `json:"topics"`
	}
	recovered struct {
		Recovered bool `json:"recovered"`
	}
	resyncMessage struct {
		Type     string `json:"type"`
		Topic    string `json:"topic"`
		Position string `json:"position"`
	}
	unsubscribedMessage struct {
		Type  string    `json:"type"`
		ID    int64     `json:"id,omitempty"`
		Topic string    `json:"topic"`
		Code  errs.Code `json:"code,omitempty"`
	}
	errorMessage struct {
		Type   string    `json:"type"`
		ID     int64     `json:"id,omitempty"`
		Code   errs.Code `json:"code"`
		Detail string    `json:"detail"`
	}
	byeMessage struct {
		Type    string    `json:"type"`
		Code    closeCode `json:"code"`
		RetryMS int64     `json:"retry_ms"`
	}
)
