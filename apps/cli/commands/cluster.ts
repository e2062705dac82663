import { join } from 'node:path'
import { renderUnicodeCompact } from 'uqr'
import { ROOT } from '../config.ts'
import type { Cli } from '../context.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { buildImages } from '../image/buildImages.ts'
import { checkLines } from '../format/checks.ts'
import { RELEASE, type ReleasePlace, Release } from './release.ts'

interface InstallFlags extends ReleasePlace {
  readonly values?: string
  readonly importWith?: string
  readonly nodePort?: number
  readonly mirror?: string
}

/** Makes the images, brings them to the cluster's node, installs the chart or upgrades it, and waits until it answers. */
export async function install(this: Cli, flags: InstallFlags): Promise<ExitCode> {
  const { dataDir, cacheFolder } = this.config
  const { importWith, mirror = null, values, nodePort } = flags
  const references: string[] = []
  await new Release(flags).helm('version', '--short')
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
  const release = new Release(flags)
  const exposed =
    nodePort === undefined ? [] : ['--set', 'api.service.type=NodePort', '--set', `api.service.nodePort=${nodePort}`]
  const notes = await release.helm(
    'upgrade',
    RELEASE,
    join(ROOT, 'deploy/chart'),
    '--install',
    '--create-namespace',
    '--wait',
    '--timeout',
    '10m',
    ...(values === undefined ? [] : ['--values', values]),
    ...references,
    ...exposed,
  )
  this.out.print(notes.trim())
  const isFine = await proven(this, release)
  await welcome(this, release)
  return isFine ? EXIT.ok : EXIT.failed
}

/** A run in a pod that tries the wall from inside: whoever installs sees at once whether this cluster can hold agents. */
async function proven({ out }: Cli, release: Release): Promise<boolean> {
  out.say('', 'Trying the wall of this cluster from inside a pod.')
  const boundary = await release.selfTest()
  out.print(...checkLines('The wall, from inside a pod', boundary, out.paint))
  const isFine = boundary.length > 0 && boundary.every(({ ok }) => ok)
  out.print('', isFine ? 'The wall held.' : out.paint.red('The wall did not hold: runs are refused until it does.'))
  return isFine
}

/** Where to go, for a phone too; the link that makes it somebody's is made at the first install alone. */
async function welcome({ out }: Cli, release: Release): Promise<void> {
  const address = await release.address()
  const seen = address ?? 'http://localhost:8470'
  const link = (await release.isFirst()) ? `${seen}/claim#${await release.claimToken()}` : null
  if (address === null)
    out.print('', `Reach it from here: kubectl -n ${release.namespace} port-forward svc/${RELEASE} 8470, then`)
  out.print('', `Errand is up: ${seen}`)
  if (link !== null) out.print('', 'Open this once to make it yours (it works one time, for a day):', `  ${link}`)
  if (address === null) return
  const code = renderUnicodeCompact(link ?? seen, { border: 2 }).split('\n')
  out.print('', ...code.map((line) => `  ${line}`))
}

/** Takes the release away; what people would miss stays, and it says what that is. */
export async function uninstall(this: Cli, flags: ReleasePlace): Promise<ExitCode> {
  const { namespace } = flags
  await new Release(flags).helm('uninstall', RELEASE, '--wait')
  this.out.say(`Errand is gone from ${namespace}. These stay there:`)
  this.out.say(
    '  the data volume (artifacts, repositories), the volume of the database, and the Secrets of vault and database.',
  )
  this.out.say(`  Who wants them gone too: kubectl delete namespace ${namespace}`)
  return EXIT.ok
}
