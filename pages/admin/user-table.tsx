import { useListContext } from "ra-core";
import { attributeFields, shownValue } from "./attributes.ts";
import type { AdminUser } from "./data-provider.ts";
import { StateBadge } from "./state-badge.tsx";
import { Time } from "./time.tsx";

const listed = attributeFields.filter((field) => field.listed);

const Row = ({ user }: { user: AdminUser }) => {
  const { selectedIds, onToggleItem } = useListContext();
  return (
    <tr>
      <td className="tick">
        <input
          type="checkbox"
          aria-label={`Select ${user.email}`}
          checked={selectedIds.includes(user.id)}
          onChange={() => onToggleItem(user.id)}
        />
      </td>
      <td>
        <a href={`#/users/${encodeURIComponent(user.id)}`}>{user.email}</a>
      </td>
      <td className="wide">{user.username}</td>
      {listed.map((field) => (
        <td key={field.name} className="wide">
          {shownValue(user, field)}
        </td>
      ))}
      <td>
        <StateBadge user={user} />
      </td>
      <td className="wide">
        <Time at={user.created} />
      </td>
    </tr>
  );
};

const orderOf = ({ username, email, state }: Record<string, string | undefined>): string => {
  if (username && state !== "staff") return "Sorted by username";
  return email ? "Sorted by email address" : "Newest first";
};

export const UserTable = () => {
  const { data = [], isFetching, filterValues, selectedIds, onSelect } = useListContext<AdminUser>();
  const ids = data.map(({ id }) => id);
  const areSelected = ids.every((id) => selectedIds.includes(id));
  return (
    <table aria-busy={isFetching}>
      <caption>{orderOf(filterValues)}</caption>
      <thead>
        <tr>
          <th scope="col" className="tick">
            <input
              type="checkbox"
              aria-label="Select all on this page"
              checked={areSelected}
              onChange={() => onSelect(areSelected ? [] : ids)}
            />
          </th>
          <th scope="col">Email</th>
          <th scope="col" className="wide">
            Username
          </th>
          {listed.map(({ name, label }) => (
            <th key={name} scope="col" className="wide">
              {label}
            </th>
          ))}
          <th scope="col" className="state">
            State
          </th>
          <th scope="col" className="wide">
            Created
          </th>
        </tr>
      </thead>
      <tbody>
        {data.map((user) => (
          <Row key={user.id} user={user} />
        ))}
      </tbody>
    </table>
  );
};
