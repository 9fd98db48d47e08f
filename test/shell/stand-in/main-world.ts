import { BridgeHalf } from './bridge-half.ts';

/**
 * The page's half of contextBridge, run in a document before anything else. The token is one of this run:
 * the page cannot have it, and the event that brings the port has come before its first script.
 */
declare const STAND_IN_TOKEN: string;

const { defineProperty } = Object;

addEventListener(
  STAND_IN_TOKEN,
  (event) => {
    const port = (event as FocusEvent).relatedTarget;
    if (port === null) return;
    const half = new BridgeHalf(port, 'main');
    half.offer((key, api) => {
      defineProperty(window, String(key), {
        value: api,
        enumerable: true,
        writable: false,
        configurable: false,
      });
    });
  },
  { once: true, capture: true },
);
