import { useNotificationContext, useTranslate } from "ra-core";

export const Notices = () => {
  const { notifications, resetNotifications } = useNotificationContext();
  const translate = useTranslate();
  const last = notifications.at(-1);
  const text = typeof last?.message === "string" ? translate(last.message, { _: last.message }) : "";
  return (
    <div role={last?.type === "error" ? "alert" : "status"} className="notices">
      {last && (
        <p className={`notice ${last.type}`}>
          <span>{text}</span>
          <button type="button" className="quiet" onClick={resetNotifications}>
            Dismiss
          </button>
        </p>
      )}
    </div>
  );
};
