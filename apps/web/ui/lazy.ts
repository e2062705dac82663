// oxlint-disable-next-line no-restricted-imports -- this is where it is made safe
import { lazy as reactLazy } from 'react'

const PAUSES_MS = [500, 1_000, 2_000, 4_000]

/**
 * React's `lazy` for a line that may break: a part that did not come is asked for again, without a line as soon as there is one.
 * React itself would remember the failure, and the whole page would fall for one part of it. Throws what the last try threw:
 * the page's own words then offer to load all of it anew, which is what helps after an upgrade.
 */
export const lazy: typeof reactLazy = (load) => reactLazy(() => arrived(load))

/** What `load` gives, after as many tries as it takes within some seconds with a line. */
export async function arrived<T>(load: () => Promise<T>): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await load()
    } catch (error) {
      if (typeof window === 'undefined') throw error
      await (navigator.onLine ? paused(pauseMs) : online())
    }
  }
  return load()
}

function paused(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function online(): Promise<void> {
  return new Promise((resolve) => window.addEventListener('online', () => resolve(), { once: true }))
}
