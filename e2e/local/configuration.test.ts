import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Installation } from '../harness/installation.ts'
import { must } from '../harness/world.ts'
import { proves } from '../requirements.ts'

const DOCUMENTS = `# Who mends things here
kind: Agent
name: fixer
spec:
  runtime: claude-code   # the real thing
  credential: team-key
  model: claude-sonnet-5-5
  verify: |
    npm ci
    npm test

  network: custom
  hosts: [ "*.example.org", 'example.com:8443' ]
---
kind: Credential
name: team-key
spec:
  type: anthropic-key
  secret:
    env: TEAM_KEY
---
kind: Agent
name: nightly
spec: {runtime: script, script: "echo hi"}
`

describe('configuration as YAML', () => {
  let errand: Installation

  beforeAll(async () => {
    errand = await Installation.make()
    await errand.start()
  })
  afterAll(() => errand.remove())

  it(proves('yaml-round-trip'), async () => {
    const secret = 'sk-ant-canary-0123456789'
    const applied = await errand.errand(['apply', '--file', '-'], { input: DOCUMENTS, env: { TEAM_KEY: secret } })
    expect(applied.stderr + applied.stdout).not.toContain(secret)
    expect(applied.code).toBe(0)
    const exported = await must(errand, ['export'])
    expect(exported).toBe(DOCUMENTS)
    expect((await errand.errand(['apply', '--file', '-'], { input: exported, env: { TEAM_KEY: secret } })).code).toBe(0)
    expect(await must(errand, ['export'])).toBe(DOCUMENTS)
  })

  it(proves('yaml-unknown-field'), async () => {
    const before = await must(errand, ['export'])
    const wrong = 'kind: Agent\nname: typo\nspec:\n  runtime: claude-code\n  modle: claude-sonnet-5-5\n'
    const refused = await errand.errand(['apply', '--file', '-'], { input: wrong })
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/line 5/)
    expect(refused.stderr).toContain('modle')
    expect(await must(errand, ['export'])).toBe(before)
  })
})
