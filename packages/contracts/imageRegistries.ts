import * as z from 'zod'

/** A registry of images whose name is not its address. */
export interface ImageRegistry {
  /** As it stands before the first slash of an image’s name. */
  readonly name: string
  /** Of its API. */
  readonly origin: string
}

const NAME = /^[a-z0-9.-]+(:\d+)?$/

/** `NAME=ADDRESS`, several with commas. */
export const imageRegistriesSchema = z
  .string()
  .default('')
  .transform((text, ctx): readonly ImageRegistry[] =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .flatMap((part) => {
        const cut = part.indexOf('=')
        const [name, url] = [part.slice(0, Math.max(cut, 0)), URL.parse(part.slice(cut + 1))]
        if (NAME.test(name) && url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/')
          return { name, origin: url.origin }
        ctx.addIssue({ code: 'custom', message: 'it takes NAME=https://address, several with commas' })
        return []
      }),
  )

export const IMAGE_REGISTRIES_SAYS =
  'Registries of images that answer elsewhere than their name says, for hosted MCP servers: `NAME=https://address`, several with commas. The first is what a name without a registry means, as in `acme/server`; without it such a name is refused. A mirror of yours is set the same way.'
