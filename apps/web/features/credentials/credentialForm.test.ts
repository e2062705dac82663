import { credentialSpecSchema } from '@errand/contracts'
import { expect, test } from 'vitest'
import { formFromAddress, formOf, specOf, withKind, wrongIn } from './credentialForm.ts'

const specs = [
  { type: 'anthropic-key' },
  { type: 'anthropic-subscription' },
  { type: 'llm-compatible', baseUrl: 'https://models.example/v1', auth: 'bearer' },
  { type: 'git', host: 'git.example:3000', username: 'me', private: true },
] as const

test.each(specs)('what is edited comes out as it was when nothing is changed: $type', (spec) => {
  const form = formOf('key', spec)
  expect(specOf(form)).toEqual(spec)
  expect(credentialSpecSchema.parse(specOf(form))).toEqual(spec)
  expect(wrongIn(form, { value: null, taken: [] })).toEqual({})
})

test('an address opens the form filled in, with a name that is free', () => {
  const form = formFromAddress(new URLSearchParams('add=git&host=git.example'), ['git', 'git-2'])
  expect(form).toMatchObject({ kind: 'git', host: 'git.example', name: 'git-3' })
  expect(formFromAddress(new URLSearchParams('add'), []).kind).toBe('anthropic-key')
})

test('another kind brings its usual name, and leaves one that was chosen', () => {
  const form = formFromAddress(new URLSearchParams(), [])
  expect(withKind(form, 'git', []).name).toBe('git')
  expect(withKind({ ...form, name: 'mine' }, 'git', []).name).toBe('mine')
})

test('what does not fit is said at its field, with what would', () => {
  const git = { ...formFromAddress(new URLSearchParams('add=git'), []), host: 'https://git.example/team' }
  expect(wrongIn(git, { value: ' ', taken: ['git'] })).toEqual({
    name: 'git is in use; choose another.',
    host: 'Write only the host: git.example.',
    value: 'Paste it here.',
  })
  const model = { ...git, kind: 'llm-compatible', name: 'M', baseUrl: 'models.example' } as const
  expect(Object.keys(wrongIn(model, { value: null, taken: [] }))).toEqual(['name', 'baseUrl'])
})
