import {
  credentialSpecSchema,
  DOCUMENT_KINDS,
  hostPatternSchema,
  idSchema,
  nameSchema,
  repositoryRefSchema,
} from '@errand/contracts'
import {
  addRepository,
  applyDocument,
  createToken,
  deleteCredential,
  exportDocuments,
  listCredentials,
  listRepositories,
  listTokens,
  readBranches,
  readSealingPlace,
  readSettings,
  readSpend,
  removeRepository,
  requestCredentialTest,
  revokeToken,
  setCredentialSecret,
  writeSettings,
} from '@errand/engine'
import * as z from 'zod'
import { procedure, router } from './procedure.ts'

const named = z.strictObject({ name: nameSchema })
const secret = z.string().min(1).max(100_000)

const credentialChange = z
  .strictObject({
    name: nameSchema,
    spec: credentialSpecSchema.optional(),
    /** In clear: for a program on this machine. */
    secret: secret.optional(),
    /** From a browser, bound to the id that `sealing` gave. */
    sealed: z.strictObject({ id: idSchema('credential'), value: secret }).optional(),
  })
  .refine((input) => input.secret === undefined || input.sealed === undefined, 'secret or sealed, not both')

/** A value goes in and never comes out: what is read back says only whether there is one. */
export const credentials = router({
  list: procedure.query(({ ctx }) => listCredentials(ctx.actor, ctx.engine)),
  set: procedure
    .input(credentialChange)
    .mutation(({ ctx, input }) => setCredentialSecret(ctx.actor, input, ctx.engine)),
  /** The gateway's public key and the place of this credential: what a browser seals a value with. */
  sealing: procedure.input(named).query(({ ctx, input }) => readSealingPlace(ctx.actor, input.name, ctx.engine)),
  remove: procedure.input(named).mutation(({ ctx, input }) => deleteCredential(ctx.actor, input.name, ctx.engine)),
  test: procedure.input(named).mutation(({ ctx, input }) => requestCredentialTest(ctx.actor, input.name, ctx.engine)),
})

export const repositories = router({
  list: procedure.query(({ ctx }) => listRepositories(ctx.actor, ctx.engine)),
  /** Asked of whoever holds it; kept for half a minute unless `isFresh`. */
  branches: procedure
    .input(z.strictObject({ repository: repositoryRefSchema, isFresh: z.boolean().optional() }))
    .query(({ ctx, input }) => readBranches(ctx.actor, input, ctx.engine)),
  /** `app` makes one here; an address is remembered. */
  add: procedure
    .input(z.strictObject({ name: repositoryRefSchema }))
    .mutation(({ ctx, input }) => addRepository(ctx.actor, input, ctx.engine)),
  remove: procedure
    .input(z.strictObject({ repository: z.string().min(1).max(2000) }))
    .mutation(({ ctx, input }) => removeRepository(ctx.actor, input.repository, ctx.engine)),
})

export const tokens = router({
  list: procedure.query(({ ctx }) => listTokens(ctx.actor, ctx.engine)),
  create: procedure
    .input(z.strictObject({ name: z.string().trim().min(1).max(100), expiresAt: z.iso.datetime().optional() }))
    .mutation(({ ctx, input }) => {
      const expiresAt = input.expiresAt === undefined ? undefined : new Date(input.expiresAt)
      return createToken(ctx.actor, { name: input.name, expiresAt }, ctx.engine)
    }),
  revoke: procedure
    .input(z.strictObject({ id: idSchema('token') }))
    .mutation(({ ctx, input }) => revokeToken(ctx.actor, input.id, ctx.engine)),
})

const days = z.int().min(1).max(36_500)
const settingsSchema = z.strictObject({
  trustedHosts: z.array(hostPatternSchema).max(1000),
  privateHosts: z
    .array(z.string().regex(/^[a-z0-9.[\]:-]+:\d{1,5}$/, 'a private host is given with its port: git.lan:3000'))
    .max(1000),
  maxLiveRuns: z.int().min(1).max(10_000).nullable(),
  retentionDays: z.strictObject({ events: days, artifacts: days }),
  maxArtifactMib: z.int().min(1).max(1_048_576),
  /** Null: the built-in choice. */
  defaultAgent: nameSchema.nullable(),
})

export const settings = router({
  /** What models cost by day, in the reader's time zone. */
  spend: procedure
    .input(z.strictObject({ days: z.int().min(1).max(366), zone: z.string().min(1).max(60) }))
    .query(({ ctx, input }) => readSpend(ctx.actor, input, ctx.engine)),
  get: procedure.query(({ ctx }) => readSettings(ctx.actor, ctx.engine)),
  set: procedure.input(settingsSchema.partial()).mutation(({ ctx, input }) => {
    // `partial()` says `| undefined`; a field that is absent stays absent.
    const change = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
    return writeSettings(ctx.actor, change, ctx.engine)
  }),
})

export const config = router({
  /** One YAML document, exactly as it was written. The value of a secret reference comes beside it. */
  applyDocument: procedure
    .input(z.strictObject({ source: z.string().max(1_000_000), secret: secret.optional() }))
    .mutation(({ ctx, input }) => applyDocument(ctx.actor, input, ctx.engine)),
  export: procedure
    .input(z.strictObject({ kind: z.enum(DOCUMENT_KINDS).optional(), name: nameSchema.optional() }))
    .query(({ ctx, input }) => exportDocuments(ctx.actor, input, ctx.engine)),
})
