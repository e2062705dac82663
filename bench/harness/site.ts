import { join } from 'node:path'
import { type Actor, ensureOwner } from '@errand/engine'
import { type Database, migrate, openDatabase, startPostgres } from '@errand/store'
import { quietLog } from '@errand/testkit'
import { launchBrowser, type Person } from '../../e2e/harness/browser.ts'
import { Installation } from '../../e2e/harness/installation.ts'
import { claimed } from '../../e2e/harness/owner.ts'

/** A running Errand with its pages, a history made beforehand, and its owner in a real browser. */
export interface Site {
  readonly errand: Installation
  readonly person: Person
  close(): Promise<void>
}

/** `prepare` fills the database before Errand starts, so that nothing of it is taken for work that waits. */
export async function openSite(prepare: (owner: Actor, db: Database) => Promise<void>): Promise<Site> {
  const errand = await Installation.make({ ERRAND_PAGES: 'yes' })
  await fill(errand, prepare)
  await errand.start()
  const browser = await launchBrowser()
  const person = await (await claimed(errand, browser))()
  return {
    errand,
    person,
    close: async () => {
      await browser.close()
      await errand.remove()
    },
  }
}

/** In the database that Errand finds in its data folder. */
async function fill(errand: Installation, prepare: (owner: Actor, db: Database) => Promise<void>): Promise<void> {
  const log = quietLog()
  const postgres = await startPostgres({ folder: join(errand.folder, 'postgres'), log })
  const db = openDatabase({ url: postgres.url, log })
  await migrate(db)
  await prepare(await ensureOwner({ orgName: 'default' }, { db, now: () => new Date() }), db)
  await db.close()
  await postgres.stop()
}
