import type { ReactNode } from 'react'

export interface Column<T> {
  readonly name: string
  readonly isNumber?: boolean
  readonly cell: (row: T) => ReactNode
  readonly title?: (row: T) => string
}

interface DataTableProps<T> {
  readonly rows: readonly T[]
  readonly keyOf: (row: T) => string | number
  readonly columns: readonly Column<T>[]
}

/** Rows of facts; on a phone each is a small list, headed by its first column. */
export function DataTable<T>({ rows, keyOf, columns }: DataTableProps<T>) {
  const classOf = ({ isNumber = false }: Column<T>) => (isNumber ? 'num' : undefined)
  return (
    <table className="tbl">
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.name} className={classOf(column)}>
              {column.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map((column, index) => (
              <td
                key={column.name}
                className={classOf(column)}
                data-h={index === 0 ? undefined : column.name}
                title={column.title?.(row)}
              >
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
