/** The menu that shows and hides a list's columns. */
import { MenuToggle, Select, SelectList, SelectOption } from '@patternfly/react-core';
import ColumnsIcon from '@patternfly/react-icons/dist/esm/icons/columns-icon';
import { useState } from 'react';
import { common } from '../texts/common.ts';
import type { Column, ShownColumns } from './columns.ts';

export interface ColumnMenuProps<Item> {
  columns: readonly Column<Item>[];
  shown: ShownColumns<Item>;
}

export function ColumnMenu<Item>({ columns, shown }: ColumnMenuProps<Item>) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Select
      role="menu"
      isOpen={isOpen}
      onOpenChange={setOpen}
      onSelect={(_, key) => {
        const column = columns.find((one) => one.key === key);
        if (column) shown.toggle(column);
      }}
      toggle={(ref) => (
        <MenuToggle ref={ref} icon={<ColumnsIcon />} isExpanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {common.columns}
        </MenuToggle>
      )}
    >
      <SelectList aria-label={common.columnsOf}>
        {columns
          .filter(({ always }) => !always)
          .map((column) => (
            <SelectOption key={column.key} value={column.key} hasCheckbox isSelected={shown.isShown(column)}>
              {column.label}
            </SelectOption>
          ))}
      </SelectList>
    </Select>
  );
}
