import { expect, test } from 'vitest'
import { FLUSH, pktLine } from './pktLine.ts'
import { readAdvertisement, readRefs } from './refAdvertisement.ts'

const ID = 'a'.repeat(40)
const lines = (...payloads: (string | Buffer)[]) =>
  Buffer.concat(payloads.map((one) => (typeof one === 'string' ? pktLine(one) : one)))

test('a server of protocol v2 is asked for heads alone, in its own object format', () => {
  const said = readAdvertisement(
    lines('# service=git-upload-pack\n', FLUSH, 'version 2\n', 'ls-refs=unborn\n', 'object-format=sha256\n', FLUSH),
  )
  expect(said).toMatchObject({ kind: 'asks' })
  const question = said.kind === 'asks' ? said.question.toString() : ''
  for (const part of ['command=ls-refs\n', 'object-format=sha256\n', '0001', 'unborn\n', 'ref-prefix refs/heads/\n'])
    expect(question).toContain(part)
})

test('an older server tells its refs at once: tags and pull requests are left out', () => {
  expect(
    readAdvertisement(
      lines(
        '# service=git-upload-pack\n',
        FLUSH,
        `${ID} HEAD\0multi_ack symref=HEAD:refs/heads/trunk agent=git/2.0\n`,
        `${ID} refs/heads/a/b\n`,
        `${ID} refs/heads/trunk\n`,
        `${ID} refs/pull/1/head\n`,
        `${ID} refs/tags/v1\n`,
        FLUSH,
      ),
    ),
  ).toEqual({ kind: 'refs', head: 'trunk', branches: ['a/b', 'trunk'] })
})

test('an older server’s empty repository has no branch', () => {
  const bytes = lines('# service=git-upload-pack\n', FLUSH, `${'0'.repeat(40)} capabilities^{}\0agent=x\n`, FLUSH)
  expect(readAdvertisement(bytes)).toEqual({ kind: 'refs', head: null, branches: [] })
})

test('a default branch that nobody has pushed yet is named', () => {
  expect(readRefs(lines('unborn HEAD symref-target:refs/heads/main\n', FLUSH))).toEqual({ head: 'main', branches: [] })
})

test.each([
  ['a page of HTML', Buffer.from('<html>')],
  ['half a line', Buffer.from('0010ab')],
])('%s is no answer', (_, bytes) => {
  expect(readAdvertisement(bytes)).toEqual({ kind: 'malformed' })
  expect(readRefs(bytes)).toBeNull()
})
