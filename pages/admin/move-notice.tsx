import type { AdminUser } from "./data-provider.ts";
import { Time } from "./time.tsx";

type Props = { move: NonNullable<AdminUser["address_move"]>; ownId: unknown };

const starterOf = ({ move, ownId }: Props): string => {
  if (move.started_by === null) return "an operator";
  return move.started_by === ownId ? "you" : "another administrator";
};

export const MoveNotice = (props: Props) => {
  const { move, ownId } = props;
  return (
    <section aria-labelledby="move">
      <h2 id="move">Frozen, because the mailbox is lost</h2>
      <p>
        The account moves to <strong>{move.new_email}</strong>. The move was started by {starterOf(props)}.{" "}
        {move.confirmed ? (
          "It is confirmed: the new address has got a code, and the account stays frozen until the code comes back."
        ) : (
          <>
            The new address gets its code on <Time at={move.due} />, or earlier
            {move.started_by === ownId
              ? " if another administrator confirms the move."
              : " if you or another administrator confirm the move."}
          </>
        )}
      </p>
    </section>
  );
};
