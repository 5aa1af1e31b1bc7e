drop function guard.keep_change();
drop table core_change;
drop function guard.audit_digest(core_auditentry);
drop table core_auditentry;
drop function guard.chain_audit_entry(), guard.refuse(), guard.clock();
drop table guard.audit_lane;
drop sequence guard.audit_lane_number;
