import type { LocalRepositories } from '../git/localRepositories.ts'
import { ensureDemoRepository } from './ensureDemoRepository.ts'

export const DEMO_REPOSITORY = 'demo'

/** The same repositories; the one called `demo` is born with the demo's history instead of empty. */
export function withDemoRepository(
  repositories: LocalRepositories,
  { searchPath }: { readonly searchPath: string },
): LocalRepositories {
  return {
    ...repositories,
    ensure: (repository, fill) =>
      repositories.ensure(
        repository,
        fill ??
          (repository.name === DEMO_REPOSITORY ? (folder) => ensureDemoRepository(folder, { searchPath }) : undefined),
      ),
  }
}
