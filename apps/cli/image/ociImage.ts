import { createHash } from 'node:crypto'
import { type Blob, type TarEntry, writeTar } from './tarFile.ts'

export interface ImageConfig {
  readonly User?: string
  readonly Env?: readonly string[]
  readonly WorkingDir?: string
  readonly Cmd?: readonly string[]
}

export interface Image {
  /** As a pod names it. Its tag is made of the content, so the same name is always the same image. */
  readonly reference: string
  readonly digest: string
  readonly file: string
  readonly sizeBytes: number
}

interface Given {
  /** Without a tag. */
  readonly name: string
  readonly layers: readonly Blob[]
  readonly config: ImageConfig
  readonly architecture: string
  /** Where the tar goes. */
  readonly file: string
}

const OCI = 'application/vnd.oci.image'

/** Writes an image as one tar that containerd and Docker import: an OCI layout with plain layers. */
export async function writeImage({ name, layers, config, architecture, file }: Given): Promise<Image> {
  const platform = { architecture, os: 'linux' }
  const configuration = json({
    ...platform,
    config,
    rootfs: { type: 'layers', diff_ids: layers.map(({ sha256 }) => `sha256:${sha256}`) },
  })
  const manifest = json({
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: descriptor('config.v1+json', configuration),
    layers: layers.map((layer) => descriptor('layer.v1.tar', layer)),
  })
  const tag = manifest.sha256.slice(0, 12)
  const reference = `${name}:${tag}`
  const index = json({
    schemaVersion: 2,
    mediaType: `${OCI}.index.v1+json`,
    manifests: [
      {
        ...descriptor('manifest.v1+json', manifest),
        platform,
        annotations: { 'io.containerd.image.name': reference, 'org.opencontainers.image.ref.name': tag },
      },
    ],
  })
  const { sizeBytes } = await writeTar(file, [
    { kind: 'text', path: 'oci-layout', text: '{"imageLayoutVersion":"1.0.0"}' },
    { kind: 'text', path: 'index.json', text: index.text },
    { kind: 'folder', path: 'blobs' },
    { kind: 'folder', path: 'blobs/sha256' },
    ...[manifest, configuration].map(({ sha256, text }): TarEntry => ({ kind: 'text', path: blobPath(sha256), text })),
    ...unique(layers).map(({ path, sha256 }): TarEntry => {
      return { kind: 'file', path: blobPath(sha256), from: path, mode: 0o644 }
    }),
  ])
  return { reference, digest: `sha256:${manifest.sha256}`, file, sizeBytes }
}

interface Document {
  readonly text: string
  readonly sha256: string
  readonly sizeBytes: number
}

function json(value: object): Document {
  const text = JSON.stringify(value)
  return { text, sha256: createHash('sha256').update(text).digest('hex'), sizeBytes: Buffer.byteLength(text) }
}

function descriptor(type: string, { sha256, sizeBytes }: { sha256: string; sizeBytes: number }) {
  return { mediaType: `${OCI}.${type}`, digest: `sha256:${sha256}`, size: sizeBytes }
}

function unique(layers: readonly Blob[]): readonly Blob[] {
  return [...new Map(layers.map((layer) => [layer.sha256, layer])).values()]
}

function blobPath(sha256: string): string {
  return `blobs/sha256/${sha256}`
}
