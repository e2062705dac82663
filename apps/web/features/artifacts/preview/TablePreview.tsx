'use client'

import { useMemo, useState } from 'react'
import { Button } from '../../../ui/Button.tsx'
import { count, counted } from '../../../ui/format/amount.ts'
import { visible } from '../../../ui/format/visible.ts'
import { parseTable, separatorOf } from '../parseTable.ts'

const ROWS_AT_ONCE = 300
const COLUMNS = 100

export function TablePreview({ text, name }: { text: string; name: string }) {
  const [limit, setLimit] = useState(ROWS_AT_ONCE)
  const [head = [], ...rows] = useMemo(() => parseTable(text, separatorOf(name, text)), [text, name])
  return (
    <>
      <div className="md-wide table-preview" tabIndex={0} role="region" aria-label={`Table ${visible(name)}`}>
        <table className="values">
          <thead>
            <tr>
              {head.slice(0, COLUMNS).map((cell, index) => (
                <th key={index} scope="col">
                  {visible(cell) || <span className="vh">no name</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, limit).map((row, index) => (
              <tr key={index}>
                {row.slice(0, COLUMNS).map((cell, column) => (
                  <td key={column} className={/^-?[\d.,]+%?$/.test(cell) ? 'num' : undefined}>
                    {visible(cell)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="small three preview-note">
        {counted(rows.length, 'row')}, {counted(head.length, 'column')}
        {head.length > COLUMNS ? `; the first ${COLUMNS} are shown` : ''}
      </p>
      {rows.length <= limit ? null : (
        <Button onClick={() => setLimit(limit + ROWS_AT_ONCE)}>
          Show {count(Math.min(ROWS_AT_ONCE, rows.length - limit))} more rows
        </Button>
      )}
    </>
  )
}
