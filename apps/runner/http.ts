/**
 * `node:http` without the price of importing it: an `import` reads every export, and that loads the WebSocket client
 * behind some of them. It costs 60 ms of processor time, more than all of the rest of the runner's start. Loaded when it
 * is first asked for: a sandbox of a cluster has something else to look at before.
 */
export function http(): typeof import('node:http') {
  return process.getBuiltinModule('node:http')
}
