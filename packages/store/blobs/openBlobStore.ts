import { openS3Blobs, readS3Place } from './s3.ts'
import type { Blobs } from './types.ts'
import { openBlobs } from './volume.ts'

/** Where `url` says, or in `folder` where it is null. */
export async function openBlobStore({
  folder,
  url,
}: {
  readonly folder: string
  readonly url: string | null
}): Promise<Blobs> {
  return url === null ? openBlobs(folder) : openS3Blobs(readS3Place(url), folder)
}
