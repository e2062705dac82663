import { envPage } from './envPage.ts'
import { faultsPage } from './faultsPage.ts'
import { importsPage } from './importsPage.ts'

export interface Page {
  /** Relative to the root. */
  readonly file: string
  readonly render: () => string | Promise<string>
}

/** Every page that is made from code. A new one is one line here and one `…Page.ts` beside this file. */
export const PAGES: readonly Page[] = [
  { file: 'docs/env.md', render: envPage },
  { file: 'docs/faults.md', render: faultsPage },
  { file: 'docs/imports.md', render: importsPage },
]
