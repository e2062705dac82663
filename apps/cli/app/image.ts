import { buildRouteMap } from '@stricli/core'
import { command } from '../context.ts'
import { flag, json, text } from '../parameters.ts'

export const image = buildRouteMap({
  docs: { brief: 'The images of a cluster' },
  routes: {
    build: command(async () => (await import('../commands/image.ts')).build, {
      docs: {
        brief: 'Make images without Docker or registry; all of them when none is named',
        customUsage: ['tools sandbox --import', '--import-with "ctr -n k8s.io images import -"'],
      },
      parameters: {
        positional: { kind: 'array', parameter: text('sandbox, tools or server', 'image') },
        flags: {
          out: flag('Folder for the tars; without it images/ in the data folder', 'folder'),
          import: {
            kind: 'boolean',
            default: false,
            withNegated: false,
            brief: 'Hand them to the k3s of this machine',
          },
          importWith: flag('Hand them to this command: the tar is its standard input, its path is $1', 'command'),
          mirror: flag('A mirror of Debian packages', 'url'),
          fresh: {
            kind: 'boolean',
            default: false,
            withNegated: false,
            brief: 'Fetch the Debian packages again: those kept may be old',
          },
          json,
        },
        aliases: { o: 'out' },
      },
    }),
  },
})
