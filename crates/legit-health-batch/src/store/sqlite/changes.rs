//! Changes of a run in SQLite: many in one commit.

use super::super::{Applied, Change, Ended, Recorded, State};
use rusqlite::{Connection, params};

/// Makes these changes in one commit.
pub(super) fn commit(connection: &Connection, changes: &[Change]) -> rusqlite::Result<Vec<Applied>> {
    let transaction = connection.unchecked_transaction()?;
    for change in changes {
        apply(&transaction, change)?;
    }
    transaction.commit()?;
    Ok(vec![Applied::Yes; changes.len()])
}

fn apply(connection: &Connection, change: &Change) -> rusqlite::Result<()> {
    let execute = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
        connection.prepare_cached(sql).and_then(|mut statement| statement.execute(values)).map(drop)
    };
    match change {
        Change::Sending { item } => {
            let update = "UPDATE item SET state = ?2, sends = sends + 1 WHERE id = ?1";
            execute(update, &[item, &(State::Sending as i32)])
        }
        Change::Ended { item, ended: Ended::Again { runs }, .. } => {
            let update = "UPDATE item SET state = ?2, runs = runs + ?3 WHERE id = ?1";
            execute(update, &[item, &(State::Left as i32), runs])
        }
        Change::Ended { item, ended: Ended::Without { state, kind, document, runs }, .. } => {
            let update = "UPDATE item SET state = ?2, runs = runs + ?3 WHERE id = ?1";
            execute(update, &[item, &(*state as i32), runs])?;
            let insert = "INSERT OR REPLACE INTO error VALUES (?1, ?2, ?3)";
            execute(insert, &[item, kind, &document.to_string()])
        }
        Change::Ended { item, ended: Ended::Recorded(recorded), .. } => {
            let update = "UPDATE item SET state = ?2, runs = runs + 1 WHERE id = ?1";
            execute(update, &[item, &(State::Recorded as i32)])?;
            let Recorded { device, request, document, media_left_out, cells } = &**recorded;
            // The primary key admits one result for an item, and the commit as a whole fails with a second.
            connection
                .prepare_cached("INSERT INTO result VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
                .execute(params![item, device, request, document, media_left_out, cells])
                .map(drop)
        }
    }
}
