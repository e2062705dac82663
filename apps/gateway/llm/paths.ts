import { RUNNER_PATHS } from '@errand/contracts'

export const MODEL_PATHS = {
  'POST /v1/messages': 'messages',
  'POST /v1/messages/count_tokens': 'count',
  'GET /v1/models': 'models',
  'HEAD /api/hello': 'hello',
} as const
export type ModelPath = (typeof MODEL_PATHS)[keyof typeof MODEL_PATHS]

/** What a call below `/llm` asks of the Messages API; null for anything that is not forwarded. */
export function modelPath(call: { readonly method: string; readonly target: string }): ModelPath | null {
  const [path = ''] = upstreamPath(call.target).split('?', 1)
  const key = `${call.method} ${path}`
  return Object.hasOwn(MODEL_PATHS, key) ? MODEL_PATHS[key as keyof typeof MODEL_PATHS] : null
}

/** Path and query as the provider gets them. */
export function upstreamPath(target: string): string {
  return target.slice(RUNNER_PATHS.llm.length)
}
