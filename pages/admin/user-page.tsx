import { useGetIdentity, useGetOne } from "ra-core";
import { Fragment } from "react";
import { useParams } from "react-router";
import { attributeFields, isClosed, shownValue, type AttributeField } from "./attributes.ts";
import type { AdminUser } from "./data-provider.ts";
import { DeliveryNotice } from "./delivery-notice.tsx";
import { Loading } from "./layout.tsx";
import { LoadFailure } from "./load-failure.tsx";
import { PageTitle } from "./page-title.tsx";
import { MoveNotice } from "./move-notice.tsx";
import { StateBadge } from "./state-badge.tsx";
import { Time } from "./time.tsx";
import { UserActions } from "./user-actions.tsx";
import { UserActivity } from "./user-activity.tsx";
import { UserForm } from "./user-form.tsx";
import { UserSessions } from "./user-sessions.tsx";

const isFact = (field: AttributeField) => isClosed(field) || field.writtenBy === "import";

const Facts = ({ user }: { user: AdminUser }) => (
  <dl>
    <dt>State</dt>
    <dd>
      <StateBadge user={user} />
    </dd>
    <dt>Created</dt>
    <dd>
      <Time at={user.created} />
    </dd>
    {attributeFields.filter(isFact).map((field) => (
      <Fragment key={field.name}>
        <dt>{field.label}</dt>
        <dd>{shownValue(user, field)}</dd>
      </Fragment>
    ))}
    <dt>Last sign-in</dt>
    <dd>{user.last_sign_in ? <Time at={user.last_sign_in} /> : "Never"}</dd>
    <dt>ID</dt>
    <dd>
      <code>{user.id}</code>
    </dd>
  </dl>
);

export const UserPage = () => {
  const { id = "" } = useParams();
  const { data, error, isPending, refetch } = useGetOne<AdminUser>("users", { id });
  // react-admin returns an empty record while it redirects to sign-in.
  const user = data?.id ? data : undefined;
  const { identity } = useGetIdentity();
  const isPerson = user !== undefined && user.state !== "pending";
  return (
    <>
      <p>
        <a href="#/users">Back to the list</a>
      </p>
      {isPending && <Loading />}
      {error && <LoadFailure what="This person" error={error} retry={refetch} />}
      {user && (
        <>
          <PageTitle text={user.email} />
          <Facts user={user} />
          {user.address_move && <MoveNotice move={user.address_move} ownId={identity?.id} />}
          {user.delivery && user.delivery.state !== "fine" && (
            <DeliveryNotice user={user} delivery={user.delivery} />
          )}
          <UserActions user={user} isSelf={identity?.id === user.id} />
          <UserForm user={user} />
          {isPerson && <UserSessions userId={user.id} />}
          {isPerson && <UserActivity userId={user.id} />}
        </>
      )}
    </>
  );
};
