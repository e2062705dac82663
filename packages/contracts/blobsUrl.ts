import * as z from 'zod'

/** Where artifacts and input files are kept, where that is not a folder. */
export const blobsUrlSchema = z
  .url({ protocol: /^s3$/, error: 'it takes s3://bucket/prefix?region=…&endpoint=https://…' })
  .optional()

export const BLOBS_URL_SAYS =
  'An S3-compatible store for artifacts and input files: `s3://bucket/prefix?region=eu-central-1`, and `&endpoint=https://…` where it is not AWS. Its credentials come from where all tools of AWS find them, for example the file that AWS_SHARED_CREDENTIALS_FILE names.'
