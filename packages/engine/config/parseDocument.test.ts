import { Fault } from '@errand/contracts'
import { expect, test } from 'vitest'
import { parseDocument } from './parseDocument.ts'
import { renderDocument } from './renderDocument.ts'

const AGENT = `# reviews
kind: Agent
name: reviewer
spec:
  runtime: claude-code
  model: some-model
  env: { CI: "1" }
`

test('a document is read, comments and all', () => {
  expect(parseDocument(AGENT)).toMatchObject({
    kind: 'Agent',
    name: 'reviewer',
    spec: { model: 'some-model', credential: 'demo' },
  })
})

test.each([
  [
    'an unknown field of the specification',
    AGENT.replace('model:', 'modle:'),
    'line 6: spec.modle is not a field (did you mean model?)',
  ],
  ['an unknown field at the top', `${AGENT}owner: me\n`, 'line 8: owner is not a field'],
  [
    'a field of the other runtime',
    AGENT.replace('model: some-model', 'script: "true"'),
    'line 6: spec.script is not a field',
  ],
  [
    'a wrong value',
    AGENT.replace('env: { CI: "1" }', 'network: open'),
    'line 7: spec.network takes none, trusted, custom, full',
  ],
  ['a wrong type', AGENT.replace('model: some-model', 'maxTurns: many'), 'line 6: spec.maxTurns does not fit'],
  [
    'a missing field',
    'kind: Agent\nname: a\nspec:\n  model: x\n',
    'line 3: spec.runtime is missing: it takes claude-code, script',
  ],
  ['a missing name', 'kind: Agent\nspec:\n  runtime: script\n', 'name is missing'],
  ['an unknown kind', 'kind: Robot\nname: a\nspec: {}\n', 'line 1: kind takes Agent, Credential'],
  [
    'an unknown field inside a list',
    `${AGENT}  repositories:\n    - repository: local/demo\n      brnch: main\n`,
    'line 10: spec.repositories.0.brnch is not a field (did you mean branch?)',
  ],
  [
    'an unknown field of a secret reference',
    'kind: Credential\nname: a\nspec:\n  type: anthropic-key\n  secret:\n    evn: KEY\n',
    'line 6: spec.secret.evn is not a field (did you mean env?)',
  ],
  [
    'a value written into a credential',
    'kind: Credential\nname: a\nspec:\n  type: anthropic-key\n  value: sk-1\n',
    'line 5: spec.value is not a field',
  ],
  ['the same field twice', `${AGENT}  model: other\n`, 'line 8: Map keys must be unique'],
  ['text that is no YAML', 'kind: [\n', 'line '],
  ['a second document', `${AGENT}---\n${AGENT}`, 'one document is expected here'],
  ['nothing', '# nothing\n', 'The document is empty.'],
  [
    'aliases that unfold without end',
    `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
    'alias',
  ],
  ['a tag of somebody else', 'kind: !thing Agent\n', 'line 1'],
  ['a NUL', 'kind: Agent\nname: a\nspec: { runtime: script, script: "a\\0" }\n', 'NUL'],
])('refused with line and name: %s', (_, source, detail) => {
  expect(() => parseDocument(source)).toThrow(Fault)
  expect(() => parseDocument(source)).toThrow(detail)
})

test('what is rendered is read back as the same', () => {
  const document = parseDocument(AGENT)
  expect(parseDocument(renderDocument(document))).toEqual(document)
})
