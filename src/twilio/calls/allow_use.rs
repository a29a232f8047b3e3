use serde_json::json;

use crate::identity::Identity;
use crate::sync_name::MapName;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{Call, Failure};

/// Lets an identity read a Sync map, and if need be change its items. It counts where the service's access lists are on.
///
/// Source: <https://www.twilio.com/docs/sync/api/sync-map-permission-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AllowUse {
    pub map: MapName,
    pub identity: Identity,
    /// True: the identity may change the items too.
    pub may_write: bool,
    /// True: a map that does not exist is created. False: it is left alone.
    pub creates_map: bool,
    /// True if the next request creates the map.
    is_creating: bool,
}

impl AllowUse {
    /// Makes a call for reading that creates a missing map.
    #[must_use]
    pub fn new(map: MapName, identity: Identity) -> Self {
        Self {
            map,
            identity,
            may_write: false,
            creates_map: true,
            is_creating: false,
        }
    }

    /// Makes a call for reading and changing that creates a missing map.
    #[must_use]
    pub fn and_write(map: MapName, identity: Identity) -> Self {
        Self {
            may_write: true,
            ..Self::new(map, identity)
        }
    }

    /// Makes a call for reading that leaves a missing map alone.
    #[must_use]
    pub fn if_it_exists(map: MapName, identity: Identity) -> Self {
        Self {
            creates_map: false,
            ..Self::new(map, identity)
        }
    }

    /// Returns true if the next request creates the map.
    #[must_use]
    pub fn makes_map(&self) -> bool {
        self.is_creating
    }

    fn creating(&self, is_creating: bool) -> Self {
        Self {
            is_creating,
            ..self.clone()
        }
    }
}

impl Call for AllowUse {
    type Answer = ();

    fn http(&self, access: &Access) -> Http {
        let maps = Uri::sync_service(access).part("Maps");
        if self.is_creating {
            return Http::post(maps, json!({ "UniqueName": self.map.as_str() }));
        }
        let permission = maps.id(&self.map).part("Permissions").id(&self.identity);
        Http::post(
            permission,
            json!({ "Read": "true", "Write": self.may_write.to_string(), "Manage": "false" }),
        )
    }

    fn read(&self, _: Body<'_>) -> Result<(), Unreadable> {
        Ok(())
    }

    fn failure(&self, status: u16, code: u32) -> Failure {
        match status {
            409 => Failure::Conflict,
            _ => Failure::from_status(status, code),
        }
    }

    fn done_already(&self, failure: &Failure) -> Option<()> {
        (*failure == Failure::NotFound && !self.creates_map).then_some(())
    }

    fn next(&self, result: &Result<(), Failure>) -> Option<Self> {
        match (self.is_creating, result) {
            (false, Err(Failure::NotFound)) if self.creates_map => Some(self.creating(true)),
            (true, Ok(()) | Err(Failure::Conflict)) => Some(self.creating(false)),
            _ => None,
        }
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        let map = MapName::list_of(&crate::sid::WorkerSid::example());
        let identity = Identity::parse("ada").unwrap_or_else(|| unreachable!("it is plain"));
        let allow = Self::new(map.clone(), identity.clone());
        vec![
            allow.creating(true),
            allow,
            Self::and_write(map.clone(), identity.clone()),
            Self::if_it_exists(map, identity),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twilio::testing::{answer, request, respond};

    #[test]
    fn no_map_may_be_deleted() {
        let [create, allow, write, _] = &AllowUse::examples()[..] else {
            unreachable!("four examples")
        };
        let maps = "https://sync.twilio.com/v1/Services/IS…/Maps";
        assert_eq!(
            request(create),
            json!({ "method": "post", "uri": maps, "data": { "UniqueName": "ParkedInteractions_WK…" } })
        );
        for (call, write) in [(allow, "false"), (write, "true")] {
            assert_eq!(
                request(call),
                json!({
                    "method": "post",
                    "uri": format!("{maps}/ParkedInteractions_WK…/Permissions/ada"),
                    "data": { "Read": "true", "Write": write, "Manage": "false" },
                })
            );
        }
        answer(allow, &json!({ "read": true }));
    }

    #[test]
    fn a_missing_map_is_created_or_left_alone() {
        let [create, allow, _, of_others] = &AllowUse::examples()[..] else {
            unreachable!("four examples")
        };
        let missing = respond(allow, 404, &json!({ "code": 54_200 }));
        assert_eq!(allow.next(&missing), Some(create.clone()));
        for made in [Ok(()), respond(create, 409, &json!({ "code": 54_301 }))] {
            assert_eq!(create.next(&made), Some(allow.clone()));
        }
        assert_eq!(of_others.next(&missing), None);
        assert_eq!(of_others.done_already(&Failure::NotFound), Some(()));
        assert_eq!(allow.done_already(&Failure::NotFound), None);
    }
}
