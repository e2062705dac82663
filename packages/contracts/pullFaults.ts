import { asked, type FaultEntry } from './faultEntry.ts'

/** What stands in the way of a pull request. Part of `FAULTS`. */
export const PULL_FAULTS = {
  'pull.unknown': asked(404, 'There is no such pull request here.', 'Open one with `errand pr RUN`.'),
  'pull.no-branch': asked(
    409,
    'The run pushed no branch to this repository, so there is nothing to open a pull request for.',
    'Take the patch from its artifacts, or let a follow-up run push.',
  ),
  'pull.local': asked(
    409,
    'A repository that Errand keeps has no pull requests.',
    'Clone it and merge the branch of the run.',
  ),
  'pull.forge-unknown': asked(
    409,
    'Errand cannot tell which API opens pull requests on this host.',
    'Say so with the git credential of the host: `--forge github`, `gitlab` or `gitea`. Or open it by hand.',
  ),
  'pull.no-permission': asked(
    403,
    'The git credential may not open or read pull requests there.',
    'Give its token the right to write pull requests (GitHub: “Pull requests”, GitLab: `api`, Gitea: `write:repository`).',
  ),
  'pull.branch-gone': asked(
    409,
    'The branch is not on the host any more.',
    'Push it again, or open the pull request from another run.',
  ),
  'pull.nothing-to-merge': asked(
    409,
    'The branch holds nothing that its target does not have.',
    'Its work may be merged already.',
  ),
  'pull.draft-refused': asked(
    409,
    'The host does not take drafts for this repository.',
    'Open it as a full pull request.',
  ),
  'pull.rejected': asked(502, 'The host refused the pull request.', 'The detail holds its words.'),
  'pull.rate-limited': {
    ...asked(
      429,
      'The host takes no more requests with this credential for now.',
      'The detail says when to try again.',
    ),
    retry: true,
  },
} as const satisfies Record<string, FaultEntry>
