// @ts-check
// The only file that names the vendored packages. Everything else imports from here, so that a
// library can be exchanged in one place and nobody loads a second copy of Preact by accident.
import { cloneElement, Fragment, isValidElement } from 'preact';
import { html, render } from 'htm/preact';
import { useCallback, useEffect, useErrorBoundary, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { batch, computed, effect, Signal, signal, untracked, useComputed, useSignal, useSignalEffect } from '@preact/signals';

export {
  batch,
  cloneElement,
  computed,
  effect,
  Fragment,
  html,
  isValidElement,
  render,
  Signal,
  signal,
  untracked,
  useCallback,
  useComputed,
  useEffect,
  useErrorBoundary,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useSignal,
  useSignalEffect,
  useState,
};
