import { idSchema, mcpServerSpecSchema, nameSchema } from '@errand/contracts'
import {
  acceptTools,
  addPastedServer,
  findNewestVersion,
  listMcpCalls,
  listMcpCallsOfRun,
  listMcpServers,
  listMcpVersions,
  packageToFindSchema,
  readGrant,
  readHostedLog,
  readMcpActivity,
  readMcpDays,
  readMcpServer,
  readPastedServers,
  removeMcpServer,
  requestMcpTest,
  restartHosted,
  saveMcpServer,
  signOut,
  startSignIn,
  tryMcpTool,
} from '@errand/engine'
import * as z from 'zod'
import { procedure, router } from './procedure.ts'

const named = z.strictObject({ name: nameSchema })
const pasted = { text: z.string().max(100_000), isToken: z.boolean(), credential: nameSchema.optional() }
const toolName = z.string().min(1).max(1_000)

export const mcp = router({
  list: procedure.query(({ ctx }) => listMcpServers(ctx.actor, ctx.engine)),
  /** With its tools and its document. */
  get: procedure.input(named).query(({ ctx, input }) => readMcpServer(ctx.actor, input.name, ctx.engine)),
  versions: procedure.input(named).query(({ ctx, input }) => listMcpVersions(ctx.actor, input.name, ctx.engine)),
  save: procedure
    .input(z.strictObject({ name: nameSchema, spec: mcpServerSpecSchema, baseVersion: z.int().min(0) }))
    .mutation(({ ctx, input }) => saveMcpServer(ctx.actor, input, ctx.engine)),
  /** What a person pasted, which may hold secrets: so it is no query, whose input stands in an address. */
  readPasted: procedure
    .input(z.strictObject(pasted))
    .mutation(({ ctx, input }) => readPastedServers(ctx.actor, input, ctx.engine)),
  addPasted: procedure
    .input(
      z.strictObject({
        ...pasted,
        pick: z.string(),
        name: nameSchema,
        values: z.record(z.string(), z.string().max(100_000)),
        isPrivate: z.boolean(),
      }),
    )
    .mutation(({ ctx, input }) => addPastedServer(ctx.actor, input, ctx.engine)),
  /** What stands in for the version that a README leaves out. */
  newestVersion: procedure
    .input(packageToFindSchema)
    .query(({ ctx, input }) => findNewestVersion(ctx.actor, input, ctx.engine)),
  remove: procedure.input(named).mutation(({ ctx, input }) => removeMcpServer(ctx.actor, input.name, ctx.engine)),
  /** Where the sign-in with a server stands: in words, with when it ends and what the server last said. */
  grant: procedure.input(named).query(({ ctx, input }) => readGrant(ctx.actor, input.name, ctx.engine)),
  /** Gives the address to open in a browser; it comes back to /oauth/callback, where its session is known. */
  signIn: procedure
    .input(named)
    .mutation(({ ctx, input }) =>
      startSignIn(ctx.actor, { server: input.name, origin: ctx.pageOrigin ?? ctx.system.info().address }, ctx.engine),
    ),
  signOut: procedure.input(named).mutation(({ ctx, input }) => signOut(ctx.actor, input.name, ctx.engine)),
  /** Of a hosted server: ends what is at work; the next call starts it anew. */
  restart: procedure.input(named).mutation(({ ctx, input }) => restartHosted(ctx.actor, input.name, ctx.engine)),
  /** Of a hosted server: what it wrote to its log, with secrets masked. */
  log: procedure.input(named).query(({ ctx, input }) => readHostedLog(ctx.actor, input.name, ctx.engine)),
  /** The calls of the last day, in half hours. */
  activity: procedure.input(named).query(({ ctx, input }) => readMcpActivity(ctx.actor, input.name, ctx.engine)),
  /** The last day of every server that was called, by name. */
  days: procedure.query(({ ctx }) => readMcpDays(ctx.actor, ctx.engine)),
  /** A real handshake. */
  test: procedure.input(named).mutation(({ ctx, input }) => requestMcpTest(ctx.actor, input.name, ctx.engine)),
  /** Calls a tool by hand; it is on record as this person's. */
  callTool: procedure
    .input(
      z.strictObject({ server: nameSchema, tool: toolName, arguments: z.record(z.string(), z.unknown()).default({}) }),
    )
    .mutation(({ ctx, input }) => tryMcpTool(ctx.actor, input, ctx.engine)),
  acceptTools: procedure
    .input(
      z.strictObject({
        server: nameSchema,
        /** Each with the hash of what was looked at. */
        tools: z.array(z.strictObject({ name: toolName, sha256: z.string().regex(/^[0-9a-f]{64}$/) })).max(5_000),
      }),
    )
    .mutation(({ ctx, input }) => acceptTools(ctx.actor, input, ctx.engine)),
  /** Newest first; `before` is the last of the page before. */
  calls: procedure
    .input(z.strictObject({ server: nameSchema, tool: toolName.optional(), before: idSchema('mcpCall').optional() }))
    .query(({ ctx, input: { server, tool = null, before = null } }) =>
      listMcpCalls(ctx.actor, { server, tool, before }, ctx.engine),
    ),
  callsOfRun: procedure
    .input(z.strictObject({ runId: idSchema('run') }))
    .query(({ ctx, input }) => listMcpCallsOfRun(ctx.actor, input.runId, ctx.engine)),
})
