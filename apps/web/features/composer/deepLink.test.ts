import { expect, test } from 'vitest'
import { repositoriesIn, repositoryWords, taskInLink } from './deepLink.ts'
import { linkOf } from './linkOf.ts'
import { type Task, withChange, NO_TASK } from './task.ts'

const WHOLE: Task = {
  prompt: 'Fix it, & quickly',
  repositories: [{ repository: 'https://git.example/acme/app', branch: 'dev' }, { repository: 'local/docs' }],
  agent: 'fixer',
  model: 'sonnet',
  autonomy: 'ask',
  budgetUsd: 2.5,
  deadlineMinutes: 30,
  network: 'trusted',
  verify: 'npm test',
  inputs: [],
}

test('a link fills in every field', () => {
  const said = taskInLink(new URLSearchParams(linkOf(WHOLE).slice(2)))
  expect(said === null ? null : withChange(NO_TASK, said)).toEqual(WHOLE)
})

test('one branch for all that name none, and a bare word is a repository kept here', () => {
  expect(taskInLink(new URLSearchParams('repos=app,local/docs%23next&branch=main'))?.repositories).toEqual([
    { repository: 'local/app', branch: 'main' },
    { repository: 'local/docs', branch: 'next' },
  ])
})

test('no repository and no check can be said', () => {
  const said = taskInLink(new URLSearchParams('repos=&verify='))
  expect([said?.repositories, said?.verify]).toEqual([[], ''])
})

test('what does not fit is left to the agent', () => {
  expect(taskInLink(new URLSearchParams('prompt=x&budget=-1&minutes=9999&network=all&autonomy=yolo'))).toEqual({
    prompt: 'x',
  })
  expect(taskInLink(new URLSearchParams('new&q=redis&show=all'))).toBeNull()
})

test('a chip says the first repository, its branch, and how many more', () => {
  expect(repositoryWords(repositoriesIn('https://git.example/acme/app.git#dev,docs'))).toEqual({
    chosen: 'acme/app',
    note: 'dev and 1 more',
  })
  expect(repositoryWords([]).chosen).toBe('No repository')
})
