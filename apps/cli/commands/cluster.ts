import { join } from 'node:path'
import { ROOT } from '../config.ts'
import type { Cli } from '../context.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { buildImages } from '../image/buildImages.ts'
import { runProgram } from '../image/program.ts'

interface Place {
  readonly namespace: string
  readonly kubeconfig?: string
}

interface InstallFlags extends Place {
  readonly values?: string
  readonly importWith?: string
  readonly mirror?: string
}

const RELEASE = 'errand'
const HELM = {
  whenMissing:
    'Install Helm 3.18 or newer (https://helm.sh), or apply what `helm template deploy/chart` prints elsewhere.',
  whenFailed: 'Its own words are above; `kubectl -n errand get pods,events` says more.',
}

/** Makes the images, brings them to the cluster's node, installs the chart or upgrades it, and waits until it answers. */
export async function install(this: Cli, flags: InstallFlags): Promise<ExitCode> {
  const { dataDir, cacheFolder } = this.config
  const { namespace, importWith, mirror = null, values } = flags
  const references: string[] = []
  await runProgram(['helm', 'version', '--short'], HELM)
  this.out.say('Making the images and bringing them to the node: some minutes, the first time.')
  await buildImages({
    names: ['sandbox', 'tools', 'server'],
    folder: join(dataDir, 'images'),
    cacheFolder: join(cacheFolder, 'images'),
    mirror,
    isFresh: false,
    importWith: importWith === undefined ? 'k3s' : { command: importWith },
    say: (line) => this.out.say(line),
    onMade: (name, { reference }) => {
      references.push('--set', `images.${name}=${reference}`)
      this.out.say(`✓ ${reference}`)
    },
  })
  this.out.say('Installing, and waiting until everything answers.')
  const chart = join(ROOT, 'deploy/chart')
  const where = ['--namespace', namespace, ...kubeconfig(flags)]
  const notes = await runProgram(
    [
      ...([
        'helm',
        'upgrade',
        RELEASE,
        chart,
        '--install',
        '--create-namespace',
        '--wait',
        '--timeout',
        '10m',
      ] as const),
      ...where,
      ...(values === undefined ? [] : ['--values', values]),
      ...references,
    ],
    HELM,
  )
  this.out.print(notes.trim())
  return EXIT.ok
}

/** Takes the release away; what people would miss stays, and it says what that is. */
export async function uninstall(this: Cli, flags: Place): Promise<ExitCode> {
  const { namespace } = flags
  await runProgram(['helm', 'uninstall', RELEASE, '--wait', '--namespace', namespace, ...kubeconfig(flags)], HELM)
  this.out.say(`Errand is gone from ${namespace}. These stay there:`)
  this.out.say(
    '  the data volume (artifacts, repositories), the volume of the database, and the Secrets of vault and database.',
  )
  this.out.say(`  Who wants them gone too: kubectl delete namespace ${namespace}`)
  return EXIT.ok
}

function kubeconfig({ kubeconfig: file }: Place): readonly string[] {
  return file === undefined ? [] : ['--kubeconfig', file]
}
