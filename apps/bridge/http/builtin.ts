/** `node:http` without the price of importing it, which is more than all the rest of the start: see apps/runner/http.ts. */
export function http(): typeof import('node:http') {
  return process.getBuiltinModule('node:http')
}
