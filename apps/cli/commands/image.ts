import { join, resolve } from 'node:path'
import type { Cli } from '../context.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import { buildImages, type ImageName, RECIPES } from '../image/buildImages.ts'
import type { Image } from '../image/ociImage.ts'

interface Flags {
  readonly out?: string
  readonly import: boolean
  readonly importWith?: string
  readonly mirror?: string
  readonly fresh: boolean
  readonly json: boolean
}

/** Makes the images of a cluster without Docker and registry, and hands them to its node when asked to. */
export async function build(this: Cli, flags: Flags, ...names: readonly string[]): Promise<ExitCode> {
  const { dataDir, cacheFolder } = this.config
  const all = Object.keys(RECIPES)
  const unknown = names.find((name) => !all.includes(name))
  if (unknown !== undefined)
    throw new CliError(EXIT.usage, `There is no image ${unknown}.`, `Name one of these: ${all.join(', ')}.`)
  const { importWith } = flags
  await buildImages({
    names: (names.length === 0 ? all : names) as readonly ImageName[],
    folder: resolve(flags.out ?? join(dataDir, 'images')),
    cacheFolder: join(cacheFolder, 'images'),
    mirror: flags.mirror ?? null,
    isFresh: flags.fresh,
    importWith: importWith === undefined ? (flags.import ? 'k3s' : null) : { command: importWith },
    say: (line) => this.out.say(line),
    onMade: (name, image) => this.out.print(flags.json ? imageLine(name, image) : image.reference),
  })
  return EXIT.ok
}

function imageLine(name: string, { reference, digest, file, sizeBytes }: Image): string {
  return JSON.stringify({ type: 'image', name, reference, digest, file, sizeBytes })
}
