import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Cli } from '../context.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import { importImage } from '../image/importImage.ts'
import { type Image, writeImage } from '../image/ociImage.ts'
import type { Recipe } from '../image/recipe.ts'
import { sandboxImage } from '../image/sandboxImage.ts'
import { serverImage } from '../image/serverImage.ts'
import { toolsImage } from '../image/toolsImage.ts'
import { inWorkshop } from '../image/workshop.ts'

const RECIPES: Readonly<Record<string, Recipe>> = {
  sandbox: sandboxImage,
  tools: toolsImage,
  server: serverImage,
}

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
  const wanted = names.length === 0 ? Object.keys(RECIPES) : names
  const unknown = wanted.find((name) => RECIPES[name] === undefined)
  if (unknown !== undefined)
    throw new CliError(
      EXIT.usage,
      `There is no image ${unknown}.`,
      `Name one of these: ${Object.keys(RECIPES).join(', ')}.`,
    )
  const folder = resolve(flags.out ?? join(dataDir, 'images'))
  await mkdir(folder, { recursive: true })
  await inWorkshop(
    {
      cacheFolder: join(cacheFolder, 'images'),
      mirror: flags.mirror ?? null,
      isFresh: flags.fresh,
      say: (line) => this.out.say(line),
    },
    async (workshop) => {
      for (const [name, recipe] of Object.entries(RECIPES)) {
        if (!wanted.includes(name)) continue
        const layers = await recipe.layers(workshop)
        const { architecture } = workshop
        const file = join(folder, `errand-${name}.tar`)
        const image = await writeImage({ ...recipe, layers, architecture, file })
        if (flags.import || flags.importWith !== undefined) await importImage(image, flags.importWith ?? null)
        this.out.print(flags.json ? imageLine(name, image) : image.reference)
      }
    },
  )
  return EXIT.ok
}

function imageLine(name: string, { reference, digest, file, sizeBytes }: Image): string {
  return JSON.stringify({ type: 'image', name, reference, digest, file, sizeBytes })
}
