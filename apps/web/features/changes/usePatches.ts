'use client'

import { useQueries } from '@tanstack/react-query'
import { readHead } from '../artifacts/readArtifact.ts'
import { type ArtifactView, useArtifacts } from '../artifacts/useArtifacts.ts'
import type { Run } from '../outcome/outcomeOf.ts'
import { type PatchFile, splitPatch } from './patch/splitPatch.ts'

export interface ChangedFile extends PatchFile {
  readonly repository: string
}

export interface Patches {
  readonly files: readonly ChangedFile[]
  /** Patches that are longer than a page can hold: their end is only in the download. */
  readonly cut: readonly ArtifactView[]
  readonly isPending: boolean
  readonly error: unknown
  readonly refetch: () => void
}

const LONGEST_BYTES = 32 * 1024 * 1024

/** Every file that the run changed, over all its repositories, read out of the patches it left. */
export function usePatches(run: Pick<Run, 'id' | 'repositories'>): Patches {
  const artifacts = useArtifacts(run.id)
  const patches = (artifacts.data ?? []).filter(({ kind }) => kind === 'patch')
  const read = useQueries({
    queries: patches.map((patch) => ({
      queryKey: ['patch', patch.sha256],
      queryFn: async () => splitPatch(wholeFiles(await readHead(patch, LONGEST_BYTES), patch)),
      staleTime: Infinity,
    })),
    combine: (results) => ({
      files: results.map(({ data }) => data),
      error: results.find(({ error }) => error !== null)?.error ?? null,
      isPending: results.some(({ isPending }) => isPending),
      refetch: () => results.forEach((result) => void result.refetch()),
    }),
  })
  return {
    files: patches.flatMap((patch, index) => {
      const repository = repositoryOf(patch, run)
      return (read.files[index] ?? []).map((file) => ({ ...file, repository }))
    }),
    cut: patches.filter(({ sizeBytes }) => sizeBytes > LONGEST_BYTES),
    isPending: artifacts.isPending || read.isPending,
    error: artifacts.error ?? read.error,
    refetch: () => {
      void artifacts.refetch()
      read.refetch()
    },
  }
}

/** Of a patch that was cut the last file may be half: it is left out. */
function wholeFiles(text: string, { sizeBytes }: ArtifactView): string {
  if (sizeBytes <= LONGEST_BYTES) return text
  return text.slice(0, text.lastIndexOf('\ndiff --git ') + 1)
}

/** The runner names a patch after the folder of its repository (apps/runner/collect). */
function repositoryOf(patch: ArtifactView, { repositories }: Pick<Run, 'repositories'>): string {
  return repositories.find(({ dir }) => `${dir.replaceAll('/', '-')}.patch` === patch.name)?.name ?? patch.name
}
