import { expect, test } from 'vitest'
import { splitPatch } from './splitPatch.ts'

const change = (name: string, body: string): string =>
  `diff --git a/${name} b/${name}\nindex 1..2 100644\n--- a/${name}\n+++ b/${name}\n${body}`

test('each file with what was added and removed', () => {
  const files = splitPatch(
    change('a.ts', '@@ -1,2 +1,2 @@\n-x\n+y\n z\n') + change('dir/b.ts', '@@ -1 +1,2 @@\n x\n+y\n'),
  )
  expect(files.map(({ path, added, removed }) => [path, added, removed])).toEqual([
    ['a.ts', 1, 1],
    ['dir/b.ts', 1, 0],
  ])
  expect(files[0]?.body).toBe('@@ -1,2 +1,2 @@\n-x\n+y\n z\n')
})

test('content that looks like a patch stays content', () => {
  const body = '@@ -1,3 +1,3 @@\n--- a/none\n+++ b/none\n diff --git a/q b/q\n-diff --git a/r b/r\n'
  const files = splitPatch(change('a.md', body))
  expect(files).toMatchObject([{ path: 'a.md', added: 1, removed: 2 }])
})

const named = {
  added: [
    'diff --git a/n.ts b/n.ts\nnew file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/n.ts\n@@ -0,0 +1 @@\n+x\n',
    { path: 'n.ts', status: 'added' },
  ],
  removed: [
    'diff --git a/n.ts b/n.ts\ndeleted file mode 100644\nindex 1..0\n--- a/n.ts\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n',
    { path: 'n.ts', status: 'removed' },
  ],
  'renamed without a change': [
    'diff --git a/a b.ts b/c d.ts\nsimilarity index 100%\nrename from a b.ts\nrename to c d.ts\n',
    { path: 'c d.ts', oldPath: 'a b.ts', status: 'renamed', body: '' },
  ],
  'an empty file': [
    'diff --git a/empty b/empty\nnew file mode 100644\nindex 0..e69de29\n',
    { path: 'empty', status: 'added', added: 0 },
  ],
  'a name with spaces': [
    'diff --git a/a b/c d b/a b/c d\nold mode 100644\nnew mode 100755\n',
    { path: 'a b/c d', status: 'changed', note: 'was an ordinary file, is executable' },
  ],
  'a name with a line end, quotes and other letters': [
    'diff --git "a/x\\n\\"\\303\\274.md" "b/x\\n\\"\\303\\274.md"\nindex 1..2 100644\n--- "a/x\\n\\"\\303\\274.md"\n+++ "b/x\\n\\"\\303\\274.md"\n@@ -1 +1 @@\n-a\n+b\n',
    { path: 'x\n"ü.md' },
  ],
  'a name that ends with a tab in the patch': [
    'diff --git a/my file b/my file\nindex 1..2 100644\n--- a/my file\t\n+++ b/my file\t\n@@ -1 +1 @@\n-a\n+b\n',
    { path: 'my file' },
  ],
  'binary, whole': [
    'diff --git a/p.png b/p.png\nindex 1..2 100644\nGIT binary patch\nliteral 3\nKcmZ\n\nliteral 0\nHcmV\n\n',
    { path: 'p.png', isBinary: true, body: '' },
  ],
  'binary, named only': [
    'diff --git a/p.png b/p.png\nindex 1..2 100644\nBinary files a/p.png and b/p.png differ\n',
    { path: 'p.png', isBinary: true },
  ],
  'a link': [
    'diff --git a/l b/l\nnew file mode 120000\nindex 0..1\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+../x\n\\ No newline at end of file\n',
    { path: 'l', note: 'a link', added: 1 },
  ],
} as const

test.each(Object.entries(named))('%s', (_, [patch, expected]) => {
  expect(splitPatch(patch + change('next.ts', '@@ -1 +1 @@\n-a\n+b\n'))).toMatchObject([expected, { path: 'next.ts' }])
})

test('nothing comes of nothing, and words before the first file are passed over', () => {
  expect(splitPatch('')).toEqual([])
  expect(splitPatch('no patch at all\n')).toEqual([])
  expect(splitPatch(`From: somebody\n\n${change('a', '@@ -1 +1 @@\n-a\n+b\n')}`)).toHaveLength(1)
})

test('five thousand files are split at once', () => {
  const patch = Array.from({ length: 5_000 }, (_, n) =>
    change(`src/${n}.ts`, '@@ -1,3 +1,3 @@\n a\n-b\n+c\n d\n'),
  ).join('')
  const began = performance.now()
  expect(splitPatch(patch)).toHaveLength(5_000)
  // One that reads it again for each file takes a minute.
  expect(performance.now() - began).toBeLessThan(4_000)
})
