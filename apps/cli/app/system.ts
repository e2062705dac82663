import { buildRouteMap } from '@stricli/core'
import { command } from '../context.ts'
import { json, text } from '../parameters.ts'

const load = () => import('../commands/system.ts')

export const up = command(async () => (await load()).up, {
  docs: { brief: 'Start Errand on this machine (as `npm start`)' },
  parameters: {},
})
export const doctor = command(async () => (await load()).doctor, {
  docs: { brief: 'Try the wall around a sandbox, and say what this machine can do' },
  parameters: {
    flags: {
      cluster: { kind: 'boolean', default: false, brief: 'Only where runs live on a cluster: the wall of a pod' },
    },
  },
})
export const claimLink = command(async () => (await load()).claimLink, {
  docs: { brief: 'Print a new link that signs the owner in, on the machine that runs Errand' },
  parameters: {},
})
export const version = command(async () => (await load()).version, {
  docs: { brief: 'Which version this is' },
  parameters: {},
})

export const login = command(async () => (await load()).login, {
  docs: { brief: 'Use an Errand elsewhere; the token comes from standard input or a prompt' },
  parameters: { positional: { kind: 'tuple', parameters: [text('Its address', 'url')] } },
})

export const settings = buildRouteMap({
  docs: { brief: 'What holds for every run' },
  defaultCommand: 'ls',
  routes: {
    ls: command(async () => (await load()).showSettings, {
      docs: { brief: 'Show them' },
      parameters: { flags: { json } },
    }),
    set: command(async () => (await load()).changeSetting, {
      docs: {
        brief: 'Change one',
        customUsage: ['maxLiveRuns 4', 'trustedHosts registry.example,files.example', 'retentionDays.events 30'],
      },
      parameters: {
        positional: {
          kind: 'tuple',
          parameters: [text('Which', 'name'), text('Its new value; a list with commas', 'value')],
        },
      },
    }),
  },
})
