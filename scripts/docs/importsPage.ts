import { COLUMNS, IMPORT_TABLE, type Permission, UNRESTRICTED } from '../lint/importTable.ts'

const MARKS: Readonly<Record<Permission, string>> = {
  yes: '●',
  main: 'M',
  types: 'T',
  seal: '● seal',
  mainSeal: 'M seal',
}

export function importsPage(): string {
  const rows = Object.entries(IMPORT_TABLE).map(([folder, row]) => {
    const cells = COLUMNS.map((column) =>
      folder === `packages/${column}` ? '–' : row[column] ? MARKS[row[column]] : '',
    )
    return `| ${folder} | ${cells.join(' | ')} |`
  })
  return `<!-- Made by \`npm run docs\` from scripts/lint/importTable.ts. -->
# Who may import whom

\`●\` may import, \`M\` only in \`main.ts\` and \`start.ts\`, \`T\` types only, \`seal\` the vault but not \`@errand/vault/open\`.
A test in a \`test/\` folder may import anything, one beside the code what its folder may and the testkit.
Free of the table: ${UNRESTRICTED.join(', ')}. Lint enforces it.

| ↓ imports → | ${COLUMNS.join(' | ')} |
|---|${COLUMNS.map(() => ':-:|').join('')}
${rows.join('\n')}
`
}
