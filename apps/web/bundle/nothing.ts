/** In place of Next's polyfills: a browser that has popovers has everything that they add (next.config.ts). */
export {}
