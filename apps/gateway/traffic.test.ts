import { expect, it } from 'vitest'
import type { Traffic } from './call.ts'
import { trafficOf } from './traffic.ts'

const cases: Record<string, Traffic | null> = {
  'GET /runner/v1/spec': 'runner',
  'POST /llm/v1/messages?beta=true': 'llm',
  'GET /git/local/demo.git/info/refs?service=git-upload-pack': 'git',
  'CONNECT example.org:443': 'egress',
  'GET http://example.org/file': 'egress',
  // An address that only looks like a runner's must not get a runner's rights, and the other way round.
  'GET http://gateway/runner/v1/spec': 'egress',
  'CONNECT /runner/v1/spec': 'egress',
  'GET /?/runner/v1/spec': null,
  'GET /runner': null,
  'GET //runner/v1/spec': null,
  'GET /llmx/v1/messages': null,
  'OPTIONS *': null,
}
for (const [request, traffic] of Object.entries(cases)) {
  it(`takes ${request} for ${traffic ?? 'nothing'}`, () => {
    const [method, url] = request.split(' ')
    expect(trafficOf({ method, url })).toBe(traffic)
  })
}
