import type { ImageConfig } from './ociImage.ts'
import type { Blob } from './tarFile.ts'
import type { Workshop } from './workshop.ts'

/** How one image is made. */
export interface Recipe {
  /** Without a tag: that is made of the content. */
  readonly name: string
  readonly config: ImageConfig
  /** From the one that changes least. */
  readonly layers: (workshop: Workshop) => Promise<readonly Blob[]>
}
