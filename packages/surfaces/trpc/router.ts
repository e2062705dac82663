import { account } from './account.ts'
import { agents } from './agents.ts'
import { artifacts } from './artifacts.ts'
import { config, credentials, repositories, settings, tokens } from './configuration.ts'
import { mcp } from './mcp.ts'
import { router } from './procedure.ts'
import { pullRequests } from './pullRequests.ts'
import { registry } from './registry.ts'
import { drafts } from './runLists.ts'
import { runs } from './runs.ts'
import { system } from './system.ts'

/** Everything that people's programs can ask. Each procedure parses, knows who asks, and calls one use case. */
export const appRouter = router({
  runs,
  drafts,
  artifacts,
  agents,
  credentials,
  repositories,
  tokens,
  settings,
  config,
  mcp,
  pullRequests,
  registry,
  system,
  account,
})
export type AppRouter = typeof appRouter
