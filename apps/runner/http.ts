/**
 * `node:http` without the price of importing it: an `import` reads every export, and that loads the WebSocket client
 * behind some of them. It costs 60 ms of processor time, more than all of the rest of the runner's start.
 */
export const { Agent, createServer, request, STATUS_CODES } = process.getBuiltinModule('node:http')
