import { expect, test } from 'vitest'
import { rewritesOf } from './remotes.ts'

const origin = 'http://127.0.0.1:1'
const cases: Record<string, Record<string, string>> = {
  'errand://local/demo': { 'errand://local/demo': `${origin}/git/local/demo.git` },
  'local/demo': { 'local/demo': `${origin}/git/local/demo.git` },
  'https://github.com/acme/app': {
    'https://github.com/acme/app': `${origin}/git/https/github.com/acme/app.git`,
    'https://github.com/acme/app.git': `${origin}/git/https/github.com/acme/app.git`,
    'git@github.com:acme/app.git': `${origin}/git/https/github.com/acme/app.git`,
  },
  'https://github.com/acme/app.git': {
    'https://github.com/acme/app.git': `${origin}/git/https/github.com/acme/app.git`,
    'git@github.com:acme/app.git': `${origin}/git/https/github.com/acme/app.git`,
  },
  'http://git.internal:3000/a/b/c.git': {
    'http://git.internal:3000/a/b/c.git': `${origin}/git/http/git.internal:3000/a/b/c.git`,
    'git@git.internal:a/b/c.git': `${origin}/git/http/git.internal:3000/a/b/c.git`,
  },
  'file:///etc': {},
}

test.each(Object.entries(cases))('%s goes through the gateway', (url, rewrites) => {
  expect(Object.fromEntries(rewritesOf({ url }, origin).map(({ from, to }) => [from, to]))).toEqual(rewrites)
})
