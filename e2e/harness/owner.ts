import { until } from '@errand/testkit'
import type { Browser } from 'playwright-core'
import { expect } from 'vitest'
import {
  accessibilityProblems,
  inEveryOtherLook,
  openPerson,
  overflowsSideways,
  type Person,
  type Scheme,
  takePicture,
  type View,
} from './browser.ts'
import type { Installation } from './installation.ts'

export const OWNER_PASSWORD = 'three unrelated words'

/** Opens browsers of the owner, signed in. */
export type Visit = (view?: View, scheme?: Scheme) => Promise<Person>

/** Claims a fresh Errand with the link that it printed, as its page does. The page itself has scenarios of its own. */
export async function claimed(errand: Installation, browser: Browser): Promise<Visit> {
  const baseURL = `http://localhost:${errand.port}`
  const token = await until(() => /http:\S+\/claim#(\S+)/.exec(errand.printed)?.[1])
  const answer = await fetch(`${baseURL}/auth/claim`, {
    method: 'POST',
    headers: { origin: baseURL, 'content-type': 'application/json' },
    body: JSON.stringify({ token, password: OWNER_PASSWORD }),
  })
  expect(answer.status, await answer.text()).toBe(204)
  const cookies = answer.headers.getSetCookie().map((line) => {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    // As its name says: from a secure place, and this machine counts as one.
    return {
      name,
      value,
      url: `https://localhost:${errand.port}`,
      httpOnly: true,
      secure: true,
      sameSite: 'Lax' as const,
    }
  })
  return async (view = 'desk', scheme = 'light') => {
    const person = await openPerson(browser, { view, scheme, baseURL })
    await person.context.addCookies(cookies)
    return person
  }
}

/** What has to hold of every page in every state: seen by everybody in every look, and without a complaint. */
export async function holds(person: Person, name: string): Promise<void> {
  await isSeenByAll(person, name)
  expect(person.complaints).toEqual([])
}

/** Pictures of all looks of a page; in each it can be read by everybody and stays within the width. */
export async function isSeenByAll(person: Person, name: string): Promise<void> {
  await takePicture(person, name)
  expect(await accessibilityProblems(person)).toEqual([])
  expect(await overflowsSideways(person)).toBe(false)
  await inEveryOtherLook(person, async (other) => {
    const look = `${other.view}, ${other.scheme}`
    await takePicture(other, name)
    expect(await accessibilityProblems(other, 'looks'), look).toEqual([])
    expect(await overflowsSideways(other), look).toBe(false)
  })
}
