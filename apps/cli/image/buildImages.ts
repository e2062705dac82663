import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { importImage } from './importImage.ts'
import { type Image, writeImage } from './ociImage.ts'
import type { Recipe } from './recipe.ts'
import { sandboxImage } from './sandboxImage.ts'
import { serverImage } from './serverImage.ts'
import { toolsImage } from './toolsImage.ts'
import { inWorkshop } from './workshop.ts'

export const RECIPES = { sandbox: sandboxImage, tools: toolsImage, server: serverImage } as const satisfies Record<
  string,
  Recipe
>
export type ImageName = keyof typeof RECIPES

interface Wanted {
  readonly names: readonly ImageName[]
  /** Where the tars go. */
  readonly folder: string
  readonly cacheFolder: string
  readonly mirror: string | null
  readonly isFresh: boolean
  /** `k3s`: the k3s of this machine; else a shell command. Null: they stay tars. */
  readonly importWith: 'k3s' | { readonly command: string } | null
  readonly say: (line: string) => void
  readonly onMade: (name: ImageName, image: Image) => void
}

/** Makes images, from the one that others stand on, and hands them to a node where that is wanted. */
export async function buildImages({ names, folder, importWith, onMade, ...given }: Wanted): Promise<void> {
  await mkdir(folder, { recursive: true })
  await inWorkshop(given, async (workshop) => {
    for (const name of Object.keys(RECIPES) as ImageName[]) {
      if (!names.includes(name)) continue
      const recipe: Recipe = RECIPES[name]
      const layers = await recipe.layers(workshop)
      const file = join(folder, `errand-${name}.tar`)
      const image = await writeImage({ ...recipe, layers, architecture: workshop.architecture, file })
      if (importWith !== null) await importImage(image, importWith === 'k3s' ? null : importWith.command)
      onMade(name, image)
    }
  })
}
